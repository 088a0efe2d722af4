"""How fast is the solver, and how does it stand beside others? Kept outside the package: it needs other programs."""
