/** Logon types (MS-LSAD, "Audit logon events"), by the names that Elastic gives them. */
export const LOGON_TYPES = new Map([
  ['0', 'System'],
  ['2', 'Interactive'],
  ['3', 'Network'],
  ['4', 'Batch'],
  ['5', 'Service'],
  ['7', 'Unlock'],
  ['8', 'NetworkCleartext'],
  ['9', 'NewCredentials'],
  ['10', 'RemoteInteractive'],
  ['11', 'CachedInteractive'],
  ['12', 'CachedRemoteInteractive'],
  ['13', 'CachedUnlock'],
]);

/** NTSTATUS of failed logons (MS-ERREF 2.3.1). */
const STATUS = new Map([
  ['0xc000005e', 'no logon servers available'],
  ['0xc0000064', 'user name does not exist'],
  ['0xc000006a', 'wrong password'],
  ['0xc000006c', 'password does not meet the policy'],
  ['0xc000006d', 'bad user name or authentication information'],
  ['0xc000006e', 'account restriction'],
  ['0xc000006f', 'logon outside of allowed hours'],
  ['0xc0000070', 'logon from a workstation that is not allowed'],
  ['0xc0000071', 'password expired'],
  ['0xc0000072', 'account disabled'],
  ['0xc00000dc', 'server in the wrong state'],
  ['0xc0000133', 'clocks out of step'],
  ['0xc000015b', 'logon type not granted'],
  ['0xc000018c', 'trust relationship failed'],
  ['0xc0000192', 'netlogon not started'],
  ['0xc0000193', 'account expired'],
  ['0xc0000224', 'password must be changed'],
  ['0xc0000225', 'Windows error, no risk'],
  ['0xc0000234', 'account locked out'],
  ['0xc0000413', 'authentication firewall'],
]);

/** Kerberos error codes (RFC 4120 7.5.9). */
const KERBEROS = new Map([
  ['0x6', 'client not found in Kerberos database'],
  ['0x7', 'server not found in Kerberos database'],
  ['0x9', 'client or server has a null key'],
  ['0xc', 'policy rejects request'],
  ['0xd', 'option not accommodated'],
  ['0xe', 'encryption type not supported'],
  ['0x12', 'credentials revoked (disabled, expired or locked)'],
  ['0x17', 'password expired'],
  ['0x18', 'pre-authentication failed (wrong password)'],
  ['0x19', 'pre-authentication required'],
  ['0x1f', 'integrity check failed'],
  ['0x20', 'ticket expired'],
  ['0x21', 'ticket not yet valid'],
  ['0x22', 'replay'],
  ['0x25', 'clock skew too great'],
]);

const hex = (code: string) =>
  code
    .trim()
    .toLowerCase()
    .replace(/^0x0*(?=[0-9a-f])/, '0x');

/** Why a logon failed: the finer code's meaning, or the coarser's, or the code itself. Undefined for "no error". */
export function logonReason(subStatus: string | undefined, status: string | undefined): string | undefined {
  for (const code of [subStatus, status]) {
    if (code === undefined || /^(?:0x)?0*$|^-$/.test(code)) continue;
    return STATUS.get(hex(code)) ?? code;
  }
  return undefined;
}

export function kerberosReason(status: string | undefined): string | undefined {
  if (status === undefined || /^(?:0x)?0*$|^-$/.test(status)) return undefined;
  return KERBEROS.get(hex(status)) ?? status;
}

/** No such user: NTSTATUS and Kerberos. */
export function isUnknownUser(code: string | undefined): boolean {
  return code !== undefined && ['0xc0000064', '0x6'].includes(hex(code));
}
