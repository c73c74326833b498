import { computed } from 'vue';
import { useTheme } from 'vuetify';
import { DARK, LIGHT } from '../tokens.js';

/** The colours of the theme in force, for canvas, which knows no CSS variables. */
export function usePalette() {
  const theme = useTheme();
  return computed(() => (theme.global.name.value === 'light' ? LIGHT : DARK));
}
