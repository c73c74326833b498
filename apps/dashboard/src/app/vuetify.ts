import 'vuetify/styles';
import { createVuetify } from 'vuetify';
import type { ThemeDefinition } from 'vuetify';
import { aliases, mdi } from 'vuetify/iconsets/mdi-svg';
import { SEVERITIES } from '@parapet/contracts';
import { DARK, LIGHT } from '../shared/tokens.js';
import type { Palette } from '../shared/tokens.js';

function themeOf(palette: Palette, dark: boolean): ThemeDefinition {
  return {
    dark,
    colors: {
      background: palette.background,
      surface: palette.surface,
      'surface-bright': palette.raised,
      'surface-light': palette.raised,
      'surface-variant': palette.raised,
      'on-surface-variant': palette.text,
      raised: palette.raised,
      sunken: palette.sunken,
      line: palette.line,
      muted: palette.muted,
      primary: palette.primary,
      'on-primary': palette.onPrimary,
      secondary: palette.muted,
      success: palette.success,
      warning: palette.warning,
      error: palette.error,
      info: palette.primary,
      'on-background': palette.text,
      'on-surface': palette.text,
      ...Object.fromEntries(SEVERITIES.map((name) => [`severity-${name}`, palette.severity[name]])),
    },
    variables: {
      'border-color': palette.line,
      'border-opacity': 1,
      'high-emphasis-opacity': 1,
      'medium-emphasis-opacity': dark ? 0.78 : 0.8,
      'disabled-opacity': 0.5,
      'hover-opacity': 0.06,
    },
  };
}

export const vuetify = createVuetify({
  icons: { defaultSet: 'mdi', aliases, sets: { mdi } },
  theme: {
    defaultTheme: 'dark',
    variations: false,
    themes: { dark: themeOf(DARK, true), light: themeOf(LIGHT, false) },
  },
  display: { mobileBreakpoint: 'md' },
  defaults: {
    global: { ripple: false },
    VBtn: { variant: 'tonal', density: 'comfortable', rounded: 'md' },
    VCard: { variant: 'flat', border: true, rounded: 'md' },
    VTextField: { variant: 'outlined', density: 'compact', hideDetails: 'auto' },
    VTextarea: { variant: 'outlined', density: 'compact', hideDetails: 'auto', autoGrow: true, rows: 2 },
    VSelect: { variant: 'outlined', density: 'compact', hideDetails: 'auto' },
    VCombobox: { variant: 'outlined', density: 'compact', hideDetails: 'auto' },
    VAutocomplete: { variant: 'outlined', density: 'compact', hideDetails: 'auto' },
    VSwitch: { density: 'compact', hideDetails: 'auto', color: 'primary', inset: true },
    VAlert: { variant: 'tonal', density: 'compact' },
    VTooltip: { openDelay: 300 },
    VList: { density: 'compact' },
    VDialog: { maxWidth: 560 },
  },
});
