"""How what the registry costs grows: every figure on histories of different lengths, side by side with its target."""
