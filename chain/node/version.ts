// Versions that a node tells.

/** The CometBFT line whose RPC the embedded engine speaks: clients choose their dialect by it. */
export const COMET_VERSION = "0.38.25";
/** Source: CometBFT version.P2PProtocol of that line. */
export const P2P_PROTOCOL = 8n;

/** Channels that a full CometBFT node lists, in hex; clients only show them. */
export const CHANNELS = "40202122233038606100";
/** Where peers would be met; clients only show it. */
export const LISTEN_ADDRESS = "tcp://0.0.0.0:26656";
