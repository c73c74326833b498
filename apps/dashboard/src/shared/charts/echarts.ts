// Only the parts of ECharts in use, so that the rest is not in the bundle.
import { BarChart, LineChart, MapChart } from 'echarts/charts';
import { BrushComponent, GridComponent, TooltipComponent, VisualMapComponent } from 'echarts/components';
import { registerMap, use } from 'echarts/core';
import { CanvasRenderer } from 'echarts/renderers';

use([
  BarChart,
  LineChart,
  MapChart,
  BrushComponent,
  GridComponent,
  TooltipComponent,
  VisualMapComponent,
  CanvasRenderer,
]);

export { registerMap };
