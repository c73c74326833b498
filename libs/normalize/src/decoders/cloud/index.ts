import type { Decoder } from '../decoder.js';
import { json } from '../json/general.js';
import { windows } from './windows/index.js';

/** Windows, cloud services and what else logs JSON records. `json` takes any record and stays last. */
export const CLOUD_DECODERS: readonly Decoder[] = [windows, json];
