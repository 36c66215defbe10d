"""The colours of pictures."""

# kind: fill, border, width of the border
BOXES = {
    "input": ("#e3efff", "#2f6fc4", 1.4),
    "constant": ("#f1f1ee", "#a5a59c", 1.0),
    "operation": ("#ffffff", "#59636e", 1.0),
    "passive": ("#f7f7f5", "#c3c3bb", 1.0),
    "control": ("#fff5d9", "#c79a2b", 1.0),
    "reference": ("#ffffff", "#c3c3bb", 0.8),
    "result": ("#e2f4e6", "#2f8a4b", 1.6),
}
ARROW = "#8b949e"
CHOICE = "#c79a2b"
