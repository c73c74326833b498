export { MAX_FRAME_BYTES, SyslogStreamFramer } from './framing.js';
export type { FramingError, OnFrame } from './framing.js';
export { parseHeader } from './header.js';
export type { SyslogHeader } from './syslog-header.js';
export { parseFrame, parseRecord } from './parse.js';
export type { ParseContext } from './parse.js';
export { DECODERS, DECODER_NAMES } from './decoders/index.js';
export type { DecodeContext, Decoder, EventFields } from './decoders/decoder.js';
export { isJsonRecord, splitRecords } from './decoders/json/index.js';
export type { JsonRecord } from './decoders/json/index.js';
export { mintUuid } from './uuid.js';
export { frameText } from './frame-text.js';
export type { FrameText } from './frame-text.js';
export { MAX_PROXY_HEADER_BYTES, readProxyHeader } from './proxy-protocol.js';
export type { ProxyHeader } from './proxy-protocol.js';
export { answerRelpOffers, RELP_SERVER_CLOSE, RelpFramer, relpResponse } from './relp.js';
export type { OnRelpFrame, RelpError } from './relp.js';
export {
  compileParser,
  GROK_PATTERNS,
  LONGEST_PATTERN,
  MOST_PATTERNS,
  TenantParsers,
} from './custom/index.js';
export type { CompiledParser, ParserDefinition, ParserProblem } from './custom/index.js';
export { lines } from './lines.js';
export type { Line } from './lines.js';
export { jsonStart, jsonValues, nextJson } from './json-scan.js';
export type { JsonSpan } from './json-scan.js';
export { listElements, listStart, splitText } from './split-text.js';
export { unfolded } from './unfold.js';
