import { ALERT_STATUSES, SEVERITIES } from '@parapet/contracts';
import { SEVERITY_LABEL, STATUS_LABEL } from '../tokens.js';

/** For selects. */
export const SEVERITY_ITEMS = SEVERITIES.map((value) => ({ value, title: SEVERITY_LABEL[value] }));
export const STATUS_ITEMS = ALERT_STATUSES.map((value) => ({ value, title: STATUS_LABEL[value] }));
