import './app/csp.js';
import '@fontsource/inter/latin-400.css';
import '@fontsource/inter/latin-500.css';
import '@fontsource/inter/latin-600.css';
import { createPinia } from 'pinia';
import { createApp } from 'vue';
import App from './app/App.vue';
import { router } from './app/router.js';
import './app/styles.css';
import { vuetify } from './app/vuetify.js';

createApp(App).use(createPinia()).use(router).use(vuetify).mount('#app');

if ('serviceWorker' in navigator) {
  // Without it there is no push, and the Notifications page says so; everything else works.
  navigator.serviceWorker.register('/sw.js').catch(() => undefined);
}
