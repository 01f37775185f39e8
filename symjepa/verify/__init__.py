"""From claims to verdicts: obligations, background rules, the kernel, certificates."""
