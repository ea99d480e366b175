/** Whom Home Assistant can notify, as the web page gets it: `api/notify`. The name is public. */
export interface NotifyServicesAnswer {
  /** As the option `notify` takes them, phones first; null: there is no Home Assistant to ask. */
  readonly services: readonly string[] | null
}
