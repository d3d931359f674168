"""The demo: a private engine with volumes and containers as a real server has them."""
