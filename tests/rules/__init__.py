"""Tests made from the samples that each rule gives of its calls."""
