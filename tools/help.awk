# Prints the targets of a Makefile that carry a "## text", under their "##@ Heading" lines.
BEGIN { FS = ":[^#]*## " }
/^##@ / { printf "%s%s\n", sep, substr($0, 5); sep = "\n" }
/^[a-z-]+:[^=].*## / { printf "  %-12s %s\n", $1, $2 }
