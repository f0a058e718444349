{{/* What the chart refuses, with a sentence each, all at once. What a single value may be is in values.schema.json. */}}

{{- define "prelabel.refusals" -}}
{{- $no := list -}}
{{- $v := .Values -}}
{{- $config := include "prelabel.configuration" . | fromYaml -}}
{{- $given := include "prelabel.mapping" (list "config" $v.config) | fromYaml -}}
{{- $kafka := ((($config).input).kafka) | default dict -}}

{{- /* prelabel's own files */ -}}
{{- if not (include "prelabel.at" (list $config "llm" "model")) -}}
{{- $no = append $no "there is no model: set `config.llm.model`, for example to gpt-4o-mini" -}}
{{- end -}}
{{- if not $kafka.brokers -}}
{{- $no = append $no "there are no brokers: set `config.input.kafka.brokers`, for example to kafka-bootstrap:9092" -}}
{{- end -}}
{{- if not $kafka.topic -}}
{{- $no = append $no "there is no input topic: set `config.input.kafka.topic`" -}}
{{- end -}}
{{- if not (include "prelabel.at" (list $config "output" "kafka" "topic")) -}}
{{- $no = append $no "there is no output topic: set `config.output.kafka.topic`" -}}
{{- end -}}
{{- $task := $config.task | default "" -}}
{{- if $v.task -}}
{{- if ne $task "task.yaml" -}}
{{- $no = append $no (printf "`config.task` is %s, but the chart writes `task` to task.yaml: leave `config.task` out" $task) -}}
{{- end -}}
{{- $_ := include "prelabel.mapping" (list "task" $v.task) -}}
{{- else if not $task -}}
{{- $no = append $no "there is no task: set `task`, or give the file with --set-file task=task.yaml" -}}
{{- else if and (not (isAbs $task)) (not (hasKey $v.files $task)) -}}
{{- $no = append $no (printf "`config.task` is %s, and `files` has no such file" $task) -}}
{{- end -}}
{{- range list "prelabel.yaml" "task.yaml" -}}
{{- if hasKey $v.files . -}}
{{- $no = append $no (printf "`files` has %s, which the chart writes itself: use `config` or `task`" .) -}}
{{- end -}}
{{- end -}}
{{- $listen := include "prelabel.at" (list $config "admin" "listen") -}}
{{- if or (eq $listen "off") (regexMatch "^(127\\.|localhost:|\\[::1\\])" $listen) -}}
{{- $no = append $no (printf "`config.admin.listen` is %s, where probes and Prometheus cannot reach it: leave it out, or use 0.0.0.0:9464" $listen) -}}
{{- end -}}
{{- if contains "${" $listen -}}
{{- $no = append $no "`config.admin.listen` holds a variable, and probes need to know the port: write it, or leave it out" -}}
{{- end -}}
{{- $key := (($given).llm).api_key | default dict -}}
{{- if kindIs "string" $key -}}
{{- $no = append $no "`config.llm.api_key` says where the key is, and does not hold it: put the key into a Secret and name that in `existingSecret`, or write {env: NAME}" -}}
{{- else if and $v.existingSecret (hasKey $key "env") -}}
{{- $no = append $no "the model's key comes from two places: leave out `config.llm.api_key` or `existingSecret`" -}}
{{- end -}}
{{- $instance := get ($kafka.properties | default dict) "group.instance.id" | toString -}}
{{- if and (hasKey ($kafka.properties | default dict) "group.instance.id") (not (contains "${POD_NAME" $instance)) -}}
{{- $no = append $no (printf "`group.instance.id` is %s for every worker, and Kafka admits only one with this name: set `stableIdentity` instead" $instance) -}}
{{- end -}}
{{- $no = concat $no (include "prelabel.refusalsOfSecrets" $given | fromYamlArray) -}}
{{- range $side := list "input" "output" -}}
{{- range list "enable.auto.commit" "auto.commit.enable" "auto.commit.interval.ms" "enable.auto.offset.store" "enable.idempotence" "acks" -}}
{{- if hasKey (get ((get $given $side | default dict).kafka | default dict) "properties" | default dict) . -}}
{{- $no = append $no (printf "`config.%s.kafka.properties` has %s, which prelabel sets itself so that nothing is lost: leave it out" $side .) -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- $topics := dict -}}
{{- $output := (($config).output).kafka | default dict -}}
{{- range $key, $topic := dict "input.kafka.topic" $kafka.topic "output.kafka.topic" $output.topic "output.kafka.dead_letter_topic" $output.dead_letter_topic -}}
{{- if and $topic (hasKey $topics (toString $topic)) -}}
{{- $no = append $no (printf "`config.%s` and `config.%s` are both %s: each needs a topic of its own" (get $topics (toString $topic)) $key $topic) -}}
{{- else if $topic -}}
{{- $_ := set $topics (toString $topic) $key -}}
{{- end -}}
{{- end -}}

{{- /* the pod */ -}}
{{- if regexMatch "(:[^/]*|@.*)$" $v.image.repository -}}
{{- $no = append $no (printf "`image.repository` is %s, with a tag or a digest: write these to `image.tag` or `image.digest`" $v.image.repository) -}}
{{- end -}}
{{- $request := ($v.resources.requests).memory | default "" -}}
{{- $limit := ($v.resources.limits).memory | default "" -}}
{{- $bytes := include "prelabel.bytes" (include "prelabel.word" $limit) | int64 -}}
{{- if and $bytes (gt (include "prelabel.bytes" (include "prelabel.word" $request) | int64) $bytes) -}}
{{- $no = append $no (printf "`resources.requests.memory` is %s, over the limit, %s" (include "prelabel.word" $request) (include "prelabel.word" $limit)) -}}
{{- end -}}
{{- if and $v.podDisruptionBudget.enabled (has (toString $v.podDisruptionBudget.maxUnavailable) (list "0" "0%")) -}}
{{- $no = append $no "`podDisruptionBudget.maxUnavailable` is 0, so no node with a worker could ever be drained: use 1 or more, or set `enabled` to false" -}}
{{- end -}}

{{- /* the account's limits */ -}}
{{- $most := int (include "prelabel.mostReplicas" .) -}}
{{- $limits := ((($given).llm).limits) | default dict -}}
{{- range $ours, $theirs := dict "requestsPerMinute" "requests_per_minute" "tokensPerMinute" "tokens_per_minute" -}}
{{- $account := int64 (get $v.accountLimits $ours) -}}
{{- if and $account (hasKey $limits $theirs) -}}
{{- $no = append $no (printf "`accountLimits.%s` and `config.llm.limits.%s` are both set: the first is for all workers together, the second for each; keep one" $ours $theirs) -}}
{{- else if and $account $most (lt $account (int64 $most)) -}}
{{- $no = append $no (printf "`accountLimits.%s` is %d for up to %d workers, less than 1 for each" $ours $account $most) -}}
{{- end -}}
{{- end -}}

{{- /* how many workers */ -}}
{{- $scaling := $v.autoscaling -}}
{{- $partitions := int $v.partitions -}}
{{- $autoscaled := include "prelabel.autoscaled" . -}}
{{- if and $scaling.hpa.enabled $scaling.keda.enabled -}}
{{- $no = append $no "`autoscaling.hpa` and `autoscaling.keda` are both enabled, and would pull in two directions: enable one" -}}
{{- end -}}
{{- if and $autoscaled (not $most) -}}
{{- $no = append $no "nobody says how many workers there may be: set `partitions` to those of the input topic, or `autoscaling.maxReplicas`" -}}
{{- end -}}
{{- if and $partitions (gt $most $partitions) -}}
{{- $no = append $no (printf "%s is %d, but the input topic has %d partitions: a worker without a partition is never ready" (ternary "`autoscaling.maxReplicas`" "`replicaCount`" (eq $autoscaled "true")) $most $partitions) -}}
{{- else if and $partitions $autoscaled (gt (int $v.replicaCount) $partitions) -}}
{{- $no = append $no (printf "`replicaCount` is %d, but the input topic has %d partitions: a worker without a partition is never ready" (int $v.replicaCount) $partitions) -}}
{{- end -}}
{{- if and $autoscaled $most (gt (int $scaling.minReplicas) $most) -}}
{{- $no = append $no (printf "`autoscaling.minReplicas` is %d, more than the most, %d" (int $scaling.minReplicas) $most) -}}
{{- end -}}
{{- if and $autoscaled $most (gt (int $v.replicaCount) $most) (not (and $partitions (gt (int $v.replicaCount) $partitions))) -}}
{{- $no = append $no (printf "`replicaCount` is %d, more than the autoscaler's most, %d" (int $v.replicaCount) $most) -}}
{{- end -}}
{{- if and $scaling.hpa.enabled (lt (int $scaling.minReplicas) 1) -}}
{{- $no = append $no "`autoscaling.minReplicas` is 0, which a HorizontalPodAutoscaler cannot do: use `autoscaling.keda` with `scaleOn: lag`" -}}
{{- end -}}
{{- if and $scaling.hpa.enabled $scaling.hpa.record (not (regexMatch "^[a-zA-Z_:][a-zA-Z0-9_:]*$" $scaling.hpa.metricName)) -}}
{{- $no = append $no (printf "`autoscaling.hpa.metricName` is %s, which Prometheus cannot record: choose another name, or set `record` to false" $scaling.hpa.metricName) -}}
{{- end -}}
{{- if $scaling.keda.enabled -}}
{{- $keda := $scaling.keda -}}
{{- if eq $keda.scaleOn "quota" -}}
{{- if not $keda.prometheus.serverAddress -}}
{{- $no = append $no "`scaleOn: quota` asks Prometheus: set `autoscaling.keda.prometheus.serverAddress`, or use `scaleOn: lag`" -}}
{{- end -}}
{{- if or (lt (int $scaling.minReplicas) 1) (not (kindIs "invalid" $keda.idleReplicaCount)) -}}
{{- $no = append $no "`scaleOn: quota` needs a worker that reports the lag: set `autoscaling.minReplicas` to 1 or more and `idleReplicaCount` to null, or use `scaleOn: lag`" -}}
{{- end -}}
{{- else -}}
{{- range $key, $value := dict "brokers" $kafka.brokers "topic" $kafka.topic "group" $kafka.group -}}
{{- if contains "${" (toString $value) -}}
{{- $no = append $no (printf "`config.input.kafka.%s` holds a variable, which KEDA cannot read: write the value itself, or use `scaleOn: quota`" $key) -}}
{{- end -}}
{{- end -}}
{{- $exclusive := list -}}
{{- range list "allowIdleConsumers" "limitToPartitionsWithLag" "ensureEvenDistributionOfPartitions" -}}
{{- if eq (toString (get $keda.kafka .)) "true" }}{{ $exclusive = append $exclusive (printf "`%s`" .) }}{{ end -}}
{{- end -}}
{{- if gt (len $exclusive) 1 -}}
{{- $no = append $no (printf "KEDA takes only one of %s" (join " and " $exclusive)) -}}
{{- end -}}
{{- end -}}
{{- if and (not (kindIs "invalid" $keda.idleReplicaCount)) (ge (int $keda.idleReplicaCount) (int $scaling.minReplicas)) -}}
{{- $no = append $no (printf "`idleReplicaCount` is %d, and KEDA wants it below `autoscaling.minReplicas`, %d" (int $keda.idleReplicaCount) (int $scaling.minReplicas)) -}}
{{- end -}}
{{- end -}}
{{- if eq (include "prelabel.kind" .) "Deployment" -}}
{{- $surge := (($v.strategy).rollingUpdate).maxSurge | default 0 | toString -}}
{{- if and $partitions (eq $v.strategy.type "RollingUpdate") (not (has $surge (list "0" "0%"))) (ge $most $partitions) -}}
{{- $no = append $no (printf "`strategy.rollingUpdate.maxSurge` is %s with as many workers as partitions: the new one gets no partition, is never ready, and the update stops" $surge) -}}
{{- end -}}
{{- end -}}

{{- /* the end of a worker */ -}}
{{- $needed := include "prelabel.graceNeeded" . -}}
{{- if and (not $needed) (kindIs "invalid" $v.terminationGracePeriodSeconds) -}}
{{- $no = append $no "`config.input.drain_timeout` holds a variable: set `terminationGracePeriodSeconds` to 10 s more than it" -}}
{{- else if and $needed (lt (int (include "prelabel.grace" .)) (int $needed)) -}}
{{- $no = append $no (printf "`terminationGracePeriodSeconds` is %s, and a worker needs up to %s: `input.drain_timeout` and 10 s to commit and leave; null derives it" (include "prelabel.grace" .) $needed) -}}
{{- end -}}

{{- /* Kafka's login */ -}}
{{- if and $v.kafka.sasl.mechanism (not $v.kafka.sasl.existingSecret) -}}
{{- $no = append $no "`kafka.sasl.mechanism` is set: name the Secret with the password in `kafka.sasl.existingSecret`" -}}
{{- end -}}
{{- if and $v.kafka.sasl.existingSecret (not $v.kafka.sasl.mechanism) -}}
{{- $no = append $no "`kafka.sasl.existingSecret` is set: say in `kafka.sasl.mechanism` how to log in, for example SCRAM-SHA-512" -}}
{{- end -}}
{{- if and (or $v.kafka.tls.caSecret $v.kafka.tls.certSecret) (not $v.kafka.tls.enabled) -}}
{{- $no = append $no "`kafka.tls` names a Secret: set `kafka.tls.enabled` too" -}}
{{- end -}}

{{- /* network, monitoring and Strimzi */ -}}
{{- if $v.networkPolicy.enabled -}}
{{- if and $kafka.brokers (not $v.networkPolicy.brokerPorts) (contains "${" $kafka.brokers) -}}
{{- $no = append $no "`config.input.kafka.brokers` holds a variable: say the brokers' ports in `networkPolicy.brokerPorts`" -}}
{{- end -}}
{{- if and (not $v.networkPolicy.modelPorts) (contains "${" (include "prelabel.at" (list $config "llm" "base_url"))) -}}
{{- $no = append $no "`config.llm.base_url` holds a variable: say the model's port in `networkPolicy.modelPorts`" -}}
{{- end -}}
{{- end -}}
{{- if and $v.metrics.podMonitor.enabled $v.metrics.serviceMonitor.enabled -}}
{{- $no = append $no "`metrics.podMonitor` and `metrics.serviceMonitor` would scrape every worker twice: enable one" -}}
{{- end -}}
{{- range $name, $monitor := dict "podMonitor" $v.metrics.podMonitor "serviceMonitor" $v.metrics.serviceMonitor -}}
{{- if and $monitor.enabled (gt (include "prelabel.seconds" $monitor.scrapeTimeout | int) (include "prelabel.seconds" $monitor.interval | int)) -}}
{{- $no = append $no (printf "`metrics.%s.scrapeTimeout` is %s, over the interval, %s: Prometheus refuses that" $name $monitor.scrapeTimeout $monitor.interval) -}}
{{- end -}}
{{- end -}}
{{- if and (or $v.strimzi.topics.enabled $v.strimzi.user.enabled) (not $v.strimzi.cluster) -}}
{{- $no = append $no "`strimzi` needs the name of the Kafka cluster: set `strimzi.cluster`" -}}
{{- end -}}
{{- if and $v.strimzi.topics.enabled (not $partitions) -}}
{{- $no = append $no "`strimzi.topics` needs the number of partitions: set `partitions`" -}}
{{- end -}}

{{- if or $v.strimzi.topics.enabled $v.strimzi.user.enabled -}}
{{- range list $kafka.topic $kafka.group (include "prelabel.at" (list $config "output" "kafka" "topic")) (include "prelabel.at" (list $config "output" "kafka" "dead_letter_topic")) -}}
{{- if contains "${" (toString .) -}}
{{- $no = append $no (printf "`strimzi` makes what the configuration names, and %s holds a variable: write the name itself" .) -}}
{{- end -}}
{{- end -}}
{{- end -}}

{{- /* what a policy would lock out */ -}}
{{- $scraped := or $v.metrics.podMonitor.enabled $v.metrics.serviceMonitor.enabled -}}
{{- if and $v.networkPolicy.enabled $scraped (not $v.networkPolicy.scrape) (not $v.networkPolicy.extraIngress) -}}
{{- $no = append $no "`networkPolicy` admits nobody to the admin port, so the monitor could scrape nothing: say in `networkPolicy.scrape` where Prometheus is" -}}
{{- end -}}
{{- /* what the cluster has */ -}}
{{- $no = concat $no (include "prelabel.refusalsOfCluster" . | fromYamlArray) -}}
{{- if $no -}}
{{- fail (printf "\n\nThe chart prelabel refuses these values:\n  - %s\n" (join "\n  - " $no)) -}}
{{- end -}}
{{- end }}

{{/* Secrets that `config` holds in clear, as a list: it becomes a ConfigMap, which more people may read than Secrets. */}}
{{- define "prelabel.refusalsOfSecrets" -}}
{{- $no := list -}}
{{- range $side := list "input" "output" -}}
{{- range $name, $value := get ((get $ $side | default dict).kafka | default dict) "properties" | default dict -}}
{{- if and (regexMatch "(password|secret|\\.pem)$" $name) (ne $name "ssl.ca.pem") (ne $name "ssl.certificate.pem") (not (contains "${" (toString $value))) -}}
{{- $no = append $no (printf "`config.%s.kafka.properties.%s` is a secret in clear text, and a ConfigMap would show it: name a Secret in `kafka.sasl.existingSecret` (password) or `kafka.tls.certSecret` (key), or write ${NAME} here and take NAME from a Secret in `extraEnv`" $side $name) -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- range $name, $value := ((.llm).headers) | default dict -}}
{{- $secret := regexMatch "(?i)(auth|cookie|token|secret|password|credential|(^|[-_])(api)?key$)" $name -}}
{{- if and $secret (not (kindIs "map" $value)) (not (contains "${" (toString $value))) -}}
{{- $no = append $no (printf "`config.llm.headers.%s` is a key in clear text, and a ConfigMap would show it: put it into the Secret `existingSecret` and write {file: /run/secrets/prelabel/KEY}" $name) -}}
{{- end -}}
{{- end -}}
{{- toYaml $no -}}
{{- end }}

{{/* What is wrong with the cluster, as a list; empty where the chart cannot ask it (`helm template`). */}}
{{- define "prelabel.refusalsOfCluster" -}}
{{- $no := list -}}
{{- $v := .Values -}}
{{- $namespace := .Release.Namespace -}}
{{- $live := lookup "apps/v1" "StatefulSet" $namespace (include "prelabel.fullname" .) -}}
{{- $volumes := list -}}
{{- range (($live.spec).volumeClaimTemplates) -}}{{- $volumes = append $volumes .metadata.name -}}{{- end -}}
{{- if and $live (or $v.stableIdentity $v.persistence.enabled) (ne $v.persistence.enabled (has "state" $volumes)) -}}
{{- $no = append $no (printf "`persistence.enabled` is %t, and the installed StatefulSet was made otherwise: Kubernetes cannot change it. Remove it first with `kubectl delete statefulset %s --cascade=orphan`" $v.persistence.enabled (include "prelabel.fullname" .)) -}}
{{- end -}}
{{- if $v.persistence.enabled -}}
{{- range (($live.spec).volumeClaimTemplates) -}}
{{- if eq .metadata.name "state" -}}
{{- $size := .spec.resources.requests.storage -}}
{{- if and (ne $size $v.persistence.size) (ne (include "prelabel.bytes" $size) (include "prelabel.bytes" $v.persistence.size)) -}}
{{- $no = append $no (printf "`persistence.size` is %s, and the installed volumes have %s: Kubernetes cannot change it. Keep %s, or grow the volumes by hand as docs/kubernetes.md says" $v.persistence.size $size $size) -}}
{{- end -}}
{{- $class := .spec.storageClassName | default "" -}}
{{- if and $v.persistence.storageClassName (ne $class $v.persistence.storageClassName) -}}
{{- $no = append $no (printf "`persistence.storageClassName` is %s, and the installed volumes have %q: Kubernetes cannot change it" $v.persistence.storageClassName $class) -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- /* Every namespace has this ConfigMap: without it there is no cluster to ask, or no namespace yet. */ -}}
{{- if and $v.check.secrets (lookup "v1" "ConfigMap" $namespace "kube-root-ca.crt") -}}
{{- $wanted := dict -}}
{{- if $v.existingSecret -}}
{{- $_ := set $wanted $v.existingSecret (list $v.existingSecretKey) -}}
{{- end -}}
{{- /* The Secret of a KafkaUser comes after the release. */ -}}
{{- if not $v.strimzi.user.enabled -}}
{{- with $v.kafka.sasl -}}
{{- if .existingSecret -}}
{{- $keys := ternary (list .passwordKey) (list .usernameKey .passwordKey) (ne .username "") -}}
{{- $_ := set $wanted .existingSecret (concat (get $wanted .existingSecret | default list) $keys) -}}
{{- end -}}
{{- end -}}
{{- with $v.kafka.tls -}}
{{- if .certSecret -}}
{{- $_ := set $wanted .certSecret (concat (get $wanted .certSecret | default list) (list .certKey .keyKey)) -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- with $v.kafka.tls -}}
{{- if .caSecret -}}
{{- $_ := set $wanted .caSecret (concat (get $wanted .caSecret | default list) (list .caKey)) -}}
{{- end -}}
{{- end -}}
{{- range $name, $keys := $wanted -}}
{{- $secret := lookup "v1" "Secret" $namespace $name -}}
{{- if not $secret -}}
{{- $no = append $no (printf "the Secret %s is not there: kubectl -n %s create secret generic %s --from-file=%s=FILE" $name $namespace $name (join "=FILE --from-file=" $keys)) -}}
{{- else -}}
{{- range $keys -}}
{{- if not (hasKey ($secret.data | default dict) .) -}}
{{- $no = append $no (printf "the Secret %s has no key %s; it has: %s" $name . (keys ($secret.data | default dict) | sortAlpha | join ", ")) -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- toYaml $no -}}
{{- end }}
