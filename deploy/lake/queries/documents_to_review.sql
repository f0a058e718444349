-- Which documents people should look at first: the model said much that does not hold, or is unsure. Both are shares of
-- what it said, so that long documents do not always come first.
SELECT
  id,
  task.name AS task,
  status,
  len(discarded) AS set_aside,
  len(entities) AS found,
  list_transform(discarded, lambda one: one.reason).list_distinct().list_sort() AS reasons,
  list_transform(entities, lambda one: one.confidence).list_min() AS least_confidence
FROM documents
WHERE status <> 'complete' OR len(discarded) > 0 OR least_confidence < 0.7
ORDER BY len(discarded) / nullif(len(discarded) + len(entities), 0) DESC NULLS LAST, least_confidence ASC NULLS LAST, id
LIMIT 100;
