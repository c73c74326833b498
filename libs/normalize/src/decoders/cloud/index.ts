import type { Decoder } from '../decoder.js';
import { json } from '../json/general.js';
import { cloudtrail, guardduty, securityHub, vpcFlow } from './aws.js';
import { dockerEvents, falco, kubernetesAudit, osquery } from './containers.js';
import { eset } from './eset.js';
import { gcp, googleWorkspace } from './gcp.js';
import { github } from './github.js';
import { okta } from './okta.js';
import { openscap } from './openscap.js';
import { azure, entraSignIn, msGraph, office365 } from './microsoft.js';
import { ocsf } from './ocsf.js';
import { suricata } from './suricata.js';
import { vulnerability, wazuh } from './wazuh.js';
import { windows } from './windows/index.js';
import { zeek } from './zeek.js';

/** Windows, cloud services and what else logs JSON records. `json` takes any record and stays last. */
export const CLOUD_DECODERS: readonly Decoder[] = [
  windows,
  suricata,
  cloudtrail,
  zeek,
  kubernetesAudit,
  ocsf,
  gcp,
  googleWorkspace,
  office365,
  azure,
  entraSignIn,
  msGraph,
  guardduty,
  securityHub,
  vpcFlow,
  okta,
  github,
  dockerEvents,
  falco,
  osquery,
  wazuh,
  vulnerability,
  eset,
  openscap,
  json,
];
