import { z } from 'zod';

/** `sre` belongs to the platform tenant and works in the cross-tenant console; the others to one customer. */
export const ROLES = ['admin', 'analyst', 'viewer', 'sre'] as const;
export const roleSchema = z.enum(ROLES);
export type Role = z.infer<typeof roleSchema>;

/** Every permission a route can ask for, and who has it. Guards, OpenAPI and the dashboard read this one table. */
export const PERMISSIONS = {
  'self:read': ['admin', 'analyst', 'viewer', 'sre'],
  'self:write': ['admin', 'analyst', 'viewer', 'sre'],
  'dashboard:read': ['admin', 'analyst', 'viewer'],
  'events:read': ['admin', 'analyst', 'viewer'],
  'alerts:read': ['admin', 'analyst', 'viewer'],
  'alerts:write': ['admin', 'analyst'],
  'sources:read': ['admin', 'analyst', 'viewer'],
  'sources:write': ['admin'],
  'parsers:read': ['admin', 'analyst', 'viewer'],
  'parsers:write': ['admin'],
  'parsers:test': ['admin', 'analyst'],
  'logs:parse': ['admin', 'analyst', 'viewer'],
  'assets:read': ['admin', 'analyst', 'viewer'],
  'assets:write': ['admin', 'analyst'],
  'api-keys:read': ['admin'],
  'api-keys:write': ['admin'],
  'detectors:read': ['admin', 'analyst', 'viewer'],
  'detectors:write': ['admin'],
  'rules:read': ['admin', 'analyst', 'viewer'],
  'rules:write': ['admin'],
  'rules:test': ['admin', 'analyst'],
  // An operator's feeds are shared with every customer.
  'intel:read': ['admin', 'analyst', 'viewer', 'sre'],
  'intel:write': ['admin', 'sre'],
  'notifications:read': ['admin', 'analyst', 'viewer'],
  'notifications:write': ['admin'],
  'blocklist:read': ['admin', 'analyst', 'viewer'],
  'blocklist:write': ['admin', 'analyst'],
  'blocklist:settings': ['admin'],
  'dead-letters:read': ['admin', 'analyst', 'viewer'],
  'dead-letters:replay': ['admin'],
  'platform:read': ['sre'],
  'platform:write': ['sre'],
} as const satisfies Record<string, readonly Role[]>;

export type Permission = keyof typeof PERMISSIONS;

export function roleHas(role: Role, permission: Permission): boolean {
  return (PERMISSIONS[permission] as readonly Role[]).includes(role);
}
