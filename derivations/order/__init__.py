r"""The order of learning: which of two features reaches its threshold first, and by how much.
"""
