/** Time zones to choose from: UTC, then what the browser knows of the IANA database. */
export const TIME_ZONES = ['UTC', ...Intl.supportedValuesOf('timeZone').filter((zone) => zone !== 'UTC')];
