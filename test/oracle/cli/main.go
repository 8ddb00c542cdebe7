// Command cli is the Cosmos SDK's own command line: its keyring, its transaction factory, its AutoCLI
// for the SDK's services, with nothing of ours in it. A chain that it can use without a change speaks
// the SDK's contract.
package main

import (
	"fmt"
	"os"

	"cosmossdk.io/client/v2/autocli"
	"cosmossdk.io/core/appmodule"
	feegrantcli "cosmossdk.io/x/feegrant/client/cli"
	feegrantmodule "cosmossdk.io/x/feegrant/module"
	"github.com/cosmos/cosmos-sdk/client"
	"github.com/cosmos/cosmos-sdk/client/flags"
	"github.com/cosmos/cosmos-sdk/client/keys"
	"github.com/cosmos/cosmos-sdk/client/rpc"
	"github.com/cosmos/cosmos-sdk/codec"
	addresscodec "github.com/cosmos/cosmos-sdk/codec/address"
	codectypes "github.com/cosmos/cosmos-sdk/codec/types"
	"github.com/cosmos/cosmos-sdk/server"
	"github.com/cosmos/cosmos-sdk/std"
	sdk "github.com/cosmos/cosmos-sdk/types"
	"github.com/cosmos/cosmos-sdk/types/module"
	"github.com/cosmos/cosmos-sdk/x/auth"
	authcli "github.com/cosmos/cosmos-sdk/x/auth/client/cli"
	authtx "github.com/cosmos/cosmos-sdk/x/auth/tx"
	authtypes "github.com/cosmos/cosmos-sdk/x/auth/types"
	authzcli "github.com/cosmos/cosmos-sdk/x/authz/client/cli"
	authzmodule "github.com/cosmos/cosmos-sdk/x/authz/module"
	"github.com/cosmos/cosmos-sdk/x/bank"
	bankcli "github.com/cosmos/cosmos-sdk/x/bank/client/cli"
	"github.com/cosmos/gogoproto/proto"
	"github.com/spf13/cobra"
)

func main() {
	prefix := os.Getenv("PREFIX")
	sdk.GetConfig().SetBech32PrefixForAccount(prefix, prefix+"pub")
	if err := root(prefix).Execute(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func root(prefix string) *cobra.Command {
	accounts := addresscodec.NewBech32Codec(prefix)
	registry, err := codectypes.NewInterfaceRegistryWithOptions(options(prefix))
	if err != nil {
		panic(err)
	}
	std.RegisterInterfaces(registry)
	cdc := codec.NewProtoCodec(registry)
	amino := codec.NewLegacyAmino()
	std.RegisterLegacyAminoCodec(amino)
	modules := module.NewBasicManager(auth.AppModule{}, bank.AppModule{}, authzmodule.AppModuleBasic{}, feegrantmodule.AppModuleBasic{})
	modules.RegisterInterfaces(registry)
	modules.RegisterLegacyAminoCodec(amino)
	ctx := client.Context{}.
		WithCodec(cdc).WithInterfaceRegistry(registry).WithLegacyAmino(amino).
		WithTxConfig(authtx.NewTxConfig(cdc, authtx.DefaultSignModes)).
		WithAccountRetriever(authtypes.AccountRetriever{}).
		WithInput(os.Stdin).WithOutput(os.Stdout).
		WithHomeDir(os.Getenv("CLI_HOME")).WithViper("")
	cmd := &cobra.Command{
		Use: "cli", SilenceUsage: true, SilenceErrors: true,
		PersistentPreRunE: func(cmd *cobra.Command, _ []string) error {
			found, err := client.ReadPersistentCommandFlags(ctx.WithCmdContext(cmd.Context()), cmd.Flags())
			if err != nil {
				return err
			}
			return client.SetCmdClientContextHandler(found, cmd)
		},
	}
	cmd.SetOut(os.Stdout)
	cmd.PersistentFlags().String(flags.FlagChainID, "", "chain id")
	tx := &cobra.Command{Use: "tx"}
	tx.AddCommand(bankcli.NewTxCmd(accounts), authzcli.GetTxCmd(accounts), feegrantcli.GetTxCmd(accounts),
		authcli.GetSignCommand(), authcli.GetMultiSignCommand(), authcli.GetBroadcastCommand(),
		authcli.GetEncodeCommand(), authcli.GetDecodeCommand(), authcli.GetSimulateCmd(), authcli.GetValidateSignaturesCommand())
	query := &cobra.Command{Use: "query", Aliases: []string{"q"}}
	query.AddCommand(authcli.QueryTxCmd(), authcli.QueryTxsByEventsCmd(), rpc.WaitTxCmd(),
		server.QueryBlockCmd(), server.QueryBlocksCmd(), server.QueryBlockResultsCmd())
	cmd.AddCommand(keys.Commands(), tx, query, server.StatusCommand())
	app := autocli.AppOptions{
		Modules: map[string]appmodule.AppModule{
			"auth": auth.AppModule{}, "bank": bank.AppModule{},
			"authz": authzmodule.AppModule{}, "feegrant": feegrantmodule.AppModule{},
		},
		AddressCodec:          accounts,
		ValidatorAddressCodec: addresscodec.NewBech32Codec(prefix + "valoper"),
		ConsensusAddressCodec: addresscodec.NewBech32Codec(prefix + "valcons"),
		ClientCtx:             ctx,
	}
	if err := app.EnhanceRootCommand(cmd); err != nil {
		panic(err)
	}
	return cmd
}

func options(prefix string) codectypes.InterfaceRegistryOptions {
	made := codectypes.InterfaceRegistryOptions{ProtoFiles: proto.HybridResolver}
	made.SigningOptions.AddressCodec = addresscodec.NewBech32Codec(prefix)
	made.SigningOptions.ValidatorAddressCodec = addresscodec.NewBech32Codec(prefix + "valoper")
	return made
}
