module voltui/agent

go 1.27
