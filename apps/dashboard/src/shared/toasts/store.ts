import { defineStore } from 'pinia';
import { ref } from 'vue';
import { toApiError } from '../api/errors.js';

export interface Toast {
  id: number;
  tone: 'info' | 'success' | 'error';
  text: string;
  detail?: string;
  /** Where a click on it leads. */
  to?: string;
}

const SHOWN_MS = { info: 6000, success: 4000, error: 12_000 } as const;

/** Short messages at the edge of the screen; errors stay longer. */
export const useToasts = defineStore('toasts', () => {
  const items = ref<Toast[]>([]);
  let next = 1;

  function dismiss(id: number) {
    items.value = items.value.filter((toast) => toast.id !== id);
  }
  function show(toast: Omit<Toast, 'id'>) {
    const id = next++;
    items.value = [...items.value.slice(-3), { ...toast, id }];
    setTimeout(() => dismiss(id), SHOWN_MS[toast.tone]);
  }
  return {
    items,
    dismiss,
    show,
    success: (text: string) => show({ tone: 'success', text }),
    /** A failed action, with what the server said about it. */
    failure(text: string, error: unknown) {
      const { title, detail, requestId } = toApiError(error);
      const fields = toApiError(error).fields.map((field) => `${field.path}: ${field.message}`);
      const lines = [detail ?? title, ...fields, requestId ? `Request ${requestId}` : ''];
      show({ tone: 'error', text, detail: lines.filter(Boolean).join(' · ') });
    },
  };
});
