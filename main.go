// Command ravel is a live log explorer for the terminal.
package main

import (
	"os"

	"ravel/cli"
)

func main() { os.Exit(cli.Main()) }
