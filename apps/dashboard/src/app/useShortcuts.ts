import { onBeforeUnmount, onMounted } from 'vue';
import { createShortcutReader } from './shortcuts.js';
import type { ShortcutAction } from './shortcuts.js';

const isTyping = (target: EventTarget | null) =>
  target instanceof HTMLElement &&
  (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName));

/** Listens on the whole page, except while somebody types or a dialog is open. */
export function useShortcuts(act: (action: ShortcutAction) => boolean): void {
  const read = createShortcutReader();
  function onKey(event: KeyboardEvent) {
    if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented || isTyping(event.target))
      return;
    if (document.querySelector('.v-overlay--active[role="dialog"], .v-dialog.v-overlay--active')) return;
    if (act(read(event.key, event.timeStamp))) event.preventDefault();
  }
  onMounted(() => window.addEventListener('keydown', onKey));
  onBeforeUnmount(() => window.removeEventListener('keydown', onKey));
}
