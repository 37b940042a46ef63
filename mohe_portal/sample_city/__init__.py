"""A synthetic city to try the portal with: its shape, its words, its pictures and a year of its history.

Everything here is invented and says so (示例). Only the names and codes of the towns and communities are real.
"""
