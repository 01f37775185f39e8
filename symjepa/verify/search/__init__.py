"""Where points and matrices are looked for.  Whatever is found here is certified by the kernel before it counts."""
