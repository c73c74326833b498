import type { RequestOf, endpoints } from '@parapet/contracts';

/** What can be changed of an alert. */
export type AlertPatch = RequestOf<typeof endpoints.updateAlert>['body'];
