"""A test kit for one's own derivations and training loops: assertions, and strategies that draw exact cases.

The assertions need nothing but symjepa; the strategies need Hypothesis (`pip install 'symjepa[test]'`) and are imported
when one of them is asked for.
"""
