// What is used of node-opcua, in one place.

import { webcrypto } from "node:crypto";

// Node.js 18 has it, but not as a global, where node-opcua looks.
/** @type {{crypto?: unknown}} */ (globalThis).crypto ??= webcrypto;

export const { OPCUACertificateManager } = await import("node-opcua-certificate-manager");
export const { EUInformation, Range } = await import("node-opcua-data-access");
export const {
  AttributeIds,
  DataType,
  MessageSecurityMode,
  OPCUAClient,
  SecurityPolicy,
  StatusCodes,
  TimestampsToReturn,
  UserTokenType,
  VariantArrayType,
  makeBrowsePath,
  resolveNodeId,
} = await import("node-opcua-client");
export const { OPCUAServer } = await import("node-opcua-server");
const { setWarningLogger, setErrorLogger } = await import("node-opcua-debug");

// Its own remarks belong to nobody's output: what matters arrives as an error or a status code.
setWarningLogger(() => {});
setErrorLogger(() => {});

/**
 * Own key and certificate, and those that are trusted, in a folder of their own.
 * @param {string} folder
 */
export async function certificates(folder) {
  const manager = new OPCUACertificateManager({
    rootFolder: folder,
    automaticallyAcceptUnknownCertificate: false,
    disableFileWatchers: true,
  });
  await manager.initialize();
  return manager;
}
