/** WebSocket close codes that client and service use or react to. Source: RFC 6455 section 7.4, and the IANA registry. */
export const CLOSE_CODES = {
  normal: 1000,
  protocolError: 1002,
  unsupportedData: 1003,
  invalidData: 1007,
  policyViolation: 1008,
  messageTooBig: 1009,
  tryAgainLater: 1013,
} as const;
