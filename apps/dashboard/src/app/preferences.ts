import { defineStore } from 'pinia';
import { ref, watch } from 'vue';
import { z } from 'zod';

const KEY = 'parapet.preferences';
const preferencesSchema = z.object({
  theme: z.enum(['dark', 'light']).catch('dark'),
  rail: z.boolean().catch(false),
});

function stored(): z.infer<typeof preferencesSchema> {
  try {
    return preferencesSchema.parse(JSON.parse(localStorage.getItem(KEY) ?? '{}'));
  } catch {
    // Private mode or a damaged entry: the defaults are as good as any.
    return preferencesSchema.parse({});
  }
}

/** What this browser's user likes, kept in this browser. */
export const usePreferences = defineStore('preferences', () => {
  const initial = stored();
  const theme = ref(initial.theme);
  const rail = ref(initial.rail);
  watch([theme, rail], () =>
    localStorage.setItem(KEY, JSON.stringify({ theme: theme.value, rail: rail.value })),
  );
  return { theme, rail, toggleTheme: () => (theme.value = theme.value === 'dark' ? 'light' : 'dark') };
});
