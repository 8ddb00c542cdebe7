// Command node is the peer that our benchmarks are measured against: an unmodified Cosmos SDK 0.53
// application of bank, staking and the other standard modules over goleveldb. In process (bench), or as
// a daemon with CometBFT around it (init, start), which gets the same load through RPC as our node.
package main

import (
	"os"

	"github.com/cosmos/cosmos-sdk/server"
	svrcmd "github.com/cosmos/cosmos-sdk/server/cmd"
	"github.com/spf13/cobra"
)

const daemonChain = "gonode-1"

// plain marks commands that need no home folder.
var plain = map[string]string{"plain": ""}

func main() {
	root := &cobra.Command{Use: appName, Short: "a Cosmos SDK node as a benchmark", SilenceUsage: true, PersistentPreRunE: prepare}
	root.AddCommand(benchCmd(), initCmd(), server.StartCmd(createApp, defaultHome()))
	if err := svrcmd.Execute(root, "GONODE", defaultHome()); err != nil {
		os.Exit(1)
	}
}
