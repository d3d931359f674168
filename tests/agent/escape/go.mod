module voltui/escape

go 1.27
