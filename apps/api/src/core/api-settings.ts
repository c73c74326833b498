import { loadSettings } from '@parapet/config';

type Environment = Parameters<typeof loadSettings>[1];

const urlHost = (host: string) => {
  if (host === '0.0.0.0' || host === '::') return 'localhost';
  return host.includes(':') ? `[${host}]` : host;
};

/**
 * The settings of the API process. `PUBLIC_URL` is where browsers see it, without a slash at the end.
 * @throws SettingsError
 */
export function loadApiSettings(environment?: Environment) {
  const settings = loadSettings(['DATABASE_URL', 'REDIS_URL', 'JWT_SECRET', 'CSRF_SECRET'], environment);
  const publicUrl = settings.PUBLIC_URL ?? `http://${urlHost(settings.HOST)}:${settings.HTTP_PORT}`;
  return Object.freeze({ ...settings, PUBLIC_URL: publicUrl.replace(/\/+$/, '') });
}

export type ApiSettings = ReturnType<typeof loadApiSettings>;
