import { mergeConfig } from 'vitest/config';
import config from './vitest.config.ts';

const { exclude: _, include: __, ...test } = config.test ?? {};

export default mergeConfig({ ...config, test }, { test: { include: ['test/**/*.long.test.ts'] } });
