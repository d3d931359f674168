"""Tests of voltui."""
