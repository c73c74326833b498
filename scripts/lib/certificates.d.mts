/** PEM of a certificate and its key. */
export interface CertificatePair {
  cert: string;
  key: string;
}
export function makeAuthority(subject: string): CertificatePair;
export function makeServerCertificate(
  authority: CertificatePair,
  names: { names: string[]; addresses: string[] },
): CertificatePair;
