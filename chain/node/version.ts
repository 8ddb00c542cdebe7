// Versions that a node tells.

/** The CometBFT line whose RPC the embedded engine speaks: clients choose their dialect by it. */
export const COMET_VERSION = "0.38.25";
/** Source: CometBFT version.P2PProtocol of that line. */
export const P2P_PROTOCOL = 8n;
