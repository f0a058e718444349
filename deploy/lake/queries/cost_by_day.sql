-- What the published records of each day cost (UTC). What dead letters cost is in their headers, and the sum of all in
-- prelabel_cost_usd_total. A document that was published twice was also paid twice, so all records count.
SELECT
  CAST(run.labeled_at AT TIME ZONE 'UTC' AS DATE) AS day,
  task.name AS task,
  model.name AS model,
  count(*) AS records,
  sum(usage.requests) AS requests,
  sum(usage.input_tokens) AS input_tokens,
  sum(usage.output_tokens) AS output_tokens,
  sum(usage.cost_usd) AS cost_usd,
  1000 * avg(usage.cost_usd) AS usd_per_thousand,
  count(*) - count(usage.cost_usd) AS records_of_unknown_cost
FROM pre_annotations
GROUP BY ALL
ORDER BY day, task, model;
