import type { HttpProtocol } from '../protocol.js';
import { elasticsearch } from './elasticsearch.js';
import { native } from './native.js';
import { otlp } from './otlp.js';
import { splunkHec } from './splunk-hec.js';

/** Every way to send over HTTP. A new one is a file and a row. */
export const PROTOCOLS: readonly HttpProtocol[] = [native, splunkHec, elasticsearch, otlp];
