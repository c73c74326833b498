import {
  mdiAlertOutline,
  mdiBellOutline,
  mdiCancel,
  mdiEmailAlertOutline,
  mdiFileCodeOutline,
  mdiFormatListBulleted,
  mdiKeyVariant,
  mdiBiohazard,
  mdiRadar,
  mdiServerNetwork,
  mdiTagMultipleOutline,
  mdiShieldOffOutline,
  mdiViewDashboardOutline,
} from '@mdi/js';
import type { Permission, Role } from '@parapet/contracts';
import { roleHas } from '@parapet/contracts';

/** A page of the navigation. A new page is one row here and one route. */
export interface NavItem {
  name: string;
  title: string;
  icon: string;
  permission: Permission;
  /** Pressed after `g`. */
  key: string;
}

export const NAVIGATION: readonly NavItem[] = [
  // The operator's; the first page that a role may see is its home.
  {
    name: 'quarantine',
    title: 'Quarantine',
    icon: mdiShieldOffOutline,
    permission: 'platform:read',
    key: 'q',
  },
  {
    name: 'overview',
    title: 'Overview',
    icon: mdiViewDashboardOutline,
    permission: 'dashboard:read',
    key: 'o',
  },
  { name: 'alerts', title: 'Alerts', icon: mdiAlertOutline, permission: 'alerts:read', key: 'a' },
  { name: 'events', title: 'Events', icon: mdiFormatListBulleted, permission: 'events:read', key: 'e' },
  { name: 'sources', title: 'Sources', icon: mdiServerNetwork, permission: 'sources:read', key: 's' },
  { name: 'parsers', title: 'Parsers', icon: mdiFileCodeOutline, permission: 'parsers:read', key: 'p' },
  { name: 'assets', title: 'Assets', icon: mdiTagMultipleOutline, permission: 'assets:read', key: 'i' },
  { name: 'detectors', title: 'Detectors', icon: mdiRadar, permission: 'detectors:read', key: 'd' },
  { name: 'blocklist', title: 'Block list', icon: mdiCancel, permission: 'blocklist:read', key: 'b' },
  { name: 'intel', title: 'Threat intel', icon: mdiBiohazard, permission: 'intel:read', key: 't' },
  {
    name: 'notifications',
    title: 'Notifications',
    icon: mdiBellOutline,
    permission: 'notifications:read',
    key: 'n',
  },
  { name: 'api-keys', title: 'API keys', icon: mdiKeyVariant, permission: 'api-keys:read', key: 'k' },
  {
    name: 'dead-letters',
    title: 'Dead letters',
    icon: mdiEmailAlertOutline,
    permission: 'dead-letters:read',
    key: 'l',
  },
];

export const pagesFor = (role: Role) => NAVIGATION.filter((item) => roleHas(role, item.permission));
