// Command node is the peer that our benchmark is measured against: an unmodified Cosmos SDK 0.53
// application of bank, staking and the other standard modules, run in process over goleveldb.
package main

import (
	"os"

	"github.com/spf13/cobra"
)

func main() {
	root := &cobra.Command{Use: "node", Short: "a Cosmos SDK node as a benchmark", SilenceUsage: true}
	root.AddCommand(benchCmd())
	if err := root.Execute(); err != nil {
		os.Exit(1)
	}
}
