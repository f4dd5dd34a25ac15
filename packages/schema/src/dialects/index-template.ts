export { type IndexTemplate, indexTemplate, type Properties } from './index-template/index-template.ts'
