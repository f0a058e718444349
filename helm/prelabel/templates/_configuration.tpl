{{/* prelabel's own files: what the values say, and what the chart adds. */}}

{{/* A mapping, whether the value is one or its text: "prelabel.mapping" (list name value) */}}
{{- define "prelabel.mapping" -}}
{{- $value := index . 1 -}}
{{- if kindIs "string" $value -}}
{{- $parsed := fromYaml $value -}}
{{- if hasKey $parsed "Error" -}}
{{- fail (printf "\n\n`%s` is not a YAML mapping: %s" (index . 0) (get $parsed "Error")) -}}
{{- end -}}
{{- toYaml $parsed -}}
{{- else -}}
{{- toYaml (default dict $value) -}}
{{- end -}}
{{- end }}

{{/* The value at a path, or nothing: "prelabel.at" (list mapping "a" "b") */}}
{{- define "prelabel.at" -}}
{{- $value := index . 0 -}}
{{- range rest . -}}
{{- if kindIs "map" $value }}{{ $value = get $value . }}{{ else }}{{ $value = "" }}{{ end -}}
{{- end -}}
{{- if not (kindIs "invalid" $value) }}{{ $value }}{{ end -}}
{{- end }}

{{/* The most workers there may be at once; 0: nobody says. */}}
{{- define "prelabel.mostReplicas" -}}
{{- if or .Values.autoscaling.hpa.enabled .Values.autoscaling.keda.enabled -}}
{{- int (default .Values.partitions .Values.autoscaling.maxReplicas) -}}
{{- else if kindIs "invalid" .Values.replicaCount -}}
1
{{- else -}}
{{- int .Values.replicaCount -}}
{{- end -}}
{{- end }}

{{/* librdkafka's properties that follow from `kafka` and from stable identities. */}}
{{- define "prelabel.kafkaProperties" -}}
{{- $properties := dict -}}
{{- with .Values.kafka -}}
{{- $tls := .tls.enabled -}}
{{- if .sasl.mechanism -}}
{{- $_ := set $properties "security.protocol" (ternary "SASL_SSL" "SASL_PLAINTEXT" $tls) -}}
{{- $_ := set $properties "sasl.mechanisms" .sasl.mechanism -}}
{{- $_ := set $properties "sasl.username" "${KAFKA_USERNAME}" -}}
{{- $_ := set $properties "sasl.password" "${KAFKA_PASSWORD}" -}}
{{- else if $tls -}}
{{- $_ := set $properties "security.protocol" "SSL" -}}
{{- end -}}
{{- if and $tls .tls.caSecret -}}
{{- $_ := set $properties "ssl.ca.location" (printf "/run/secrets/kafka-ca/%s" .tls.caKey) -}}
{{- end -}}
{{- if and $tls .tls.certSecret -}}
{{- $_ := set $properties "ssl.certificate.location" (printf "/run/secrets/kafka-cert/%s" .tls.certKey) -}}
{{- $_ := set $properties "ssl.key.location" (printf "/run/secrets/kafka-cert/%s" .tls.keyKey) -}}
{{- end -}}
{{- end -}}
{{- if include "prelabel.stable" . -}}
{{- $_ := set $properties "group.instance.id" "${POD_NAME}" -}}
{{- end -}}
{{- toYaml $properties -}}
{{- end }}

{{/* prelabel.yaml. What `config` says wins over what is added here. */}}
{{- define "prelabel.configuration" -}}
{{- $given := include "prelabel.mapping" (list "config" .Values.config) | fromYaml -}}
{{- $added := dict "admin" (dict "listen" "0.0.0.0:9464") -}}
{{- if .Values.task }}{{ $_ := set $added "task" "task.yaml" }}{{ end -}}
{{- $properties := include "prelabel.kafkaProperties" . | fromYaml -}}
{{- if $properties -}}
{{- $_ := set $added "input" (dict "kafka" (dict "properties" $properties)) -}}
{{- end -}}
{{- if .Values.persistence.enabled -}}
{{- $bytes := div (mul 9 (include "prelabel.bytes" .Values.persistence.size | int64)) 10 -}}
{{- $journal := dict "path" (printf "%s/journal" (trimSuffix "/" .Values.persistence.path)) -}}
{{- if ge $bytes 16777216 }}{{ $_ := set $journal "max_bytes" $bytes }}{{ end -}}
{{- $_ := set $added "journal" $journal -}}
{{- end -}}
{{- if include "prelabel.stable" . -}}
{{- $_ := set $added "output" (dict "kafka" (dict "instance" "${POD_NAME}")) -}}
{{- end -}}
{{- $llm := dict -}}
{{- if and .Values.existingSecret (not (include "prelabel.at" (list $given "llm" "api_key"))) -}}
{{- $_ := set $llm "api_key" (dict "file" (printf "/run/secrets/prelabel/%s" .Values.existingSecretKey)) -}}
{{- end -}}
{{- $most := max 1 (int (include "prelabel.mostReplicas" .)) -}}
{{- $limits := dict -}}
{{- with .Values.accountLimits -}}
{{- if .requestsPerMinute }}{{ $_ := set $limits "requests_per_minute" (div (int64 .requestsPerMinute) $most) }}{{ end -}}
{{- if .tokensPerMinute }}{{ $_ := set $limits "tokens_per_minute" (div (int64 .tokensPerMinute) $most) }}{{ end -}}
{{- end -}}
{{- if $limits }}{{ $_ := set $llm "limits" $limits }}{{ end -}}
{{- if $llm }}{{ $_ := set $added "llm" $llm }}{{ end -}}
{{- toYaml (mergeOverwrite $added $given) -}}
{{- end }}

{{/* All files in /etc/prelabel, as the data of a ConfigMap. */}}
{{- define "prelabel.files" -}}
{{- $data := dict "prelabel.yaml" (include "prelabel.configuration" . | printf "%s\n") -}}
{{- range $name, $text := mergeOverwrite (deepCopy .Values.files) (ternary (dict "task.yaml" .Values.task) dict (not (empty .Values.task))) -}}
{{- $_ := set $data $name (kindIs "string" $text | ternary (toString $text) (toYaml $text | printf "%s\n")) -}}
{{- end -}}
{{- toYaml $data -}}
{{- end }}

{{/* The port in `admin.listen`. */}}
{{- define "prelabel.adminPort" -}}
{{- $listen := include "prelabel.at" (list (include "prelabel.configuration" . | fromYaml) "admin" "listen") -}}
{{- regexFind "[0-9]+$" $listen | default "9464" -}}
{{- end }}

{{/* A duration of prelabel in whole seconds, rounded up; empty where it cannot be read. */}}
{{- define "prelabel.seconds" -}}
{{- $text := trim . -}}
{{- if regexMatch "^[0-9]+(\\.[0-9]+)? ?(ms|s|m|h|d)$" $text -}}
{{- $number := regexFind "^[0-9.]+" $text -}}
{{- $factor := get (dict "ms" 0.001 "s" 1 "m" 60 "h" 3600 "d" 86400) (regexFind "[a-z]+$" $text) -}}
{{- mulf (float64 $number) (float64 $factor) | ceil | int -}}
{{- end -}}
{{- end }}

{{/* The drain, and what an end may take after it: 4 s for the last commit, 2 s for lost brokers, and some air. */}}
{{- define "prelabel.graceNeeded" -}}
{{- $drain := include "prelabel.at" (list (include "prelabel.configuration" . | fromYaml) "input" "drain_timeout") -}}
{{- $seconds := include "prelabel.seconds" (default "25s" $drain) -}}
{{- if $seconds }}{{ add (int $seconds) 10 }}{{ end -}}
{{- end }}

{{- define "prelabel.grace" -}}
{{- if kindIs "invalid" .Values.terminationGracePeriodSeconds -}}
{{- include "prelabel.graceNeeded" . -}}
{{- else -}}
{{- int64 .Values.terminationGracePeriodSeconds -}}
{{- end -}}
{{- end }}

{{/* The ports of addresses such as "a:9092,b:9093", as a list. */}}
{{- define "prelabel.ports" -}}
{{- $ports := list -}}
{{- range splitList "," . -}}
{{- if trim . }}{{ $ports = append $ports (regexFind "[0-9]+$" (regexFind ":[0-9]+$" (trim .)) | default 9092 | int) }}{{ end -}}
{{- end -}}
{{- toYaml (uniq $ports) -}}
{{- end }}

{{/* A value as a word. Numbers of a values file are floats, which would be written as 1e+06. */}}
{{- define "prelabel.word" -}}
{{- if kindIs "float64" . }}{{ toJson . }}{{ else }}{{ toString . }}{{ end -}}
{{- end }}

{{/* A size of prelabel or of Kubernetes in bytes; 0 where it cannot be read. */}}
{{- define "prelabel.bytes" -}}
{{- $text := trim . -}}
{{- $units := dict "" 1 "B" 1 "k" 1e3 "kB" 1e3 "M" 1e6 "MB" 1e6 "G" 1e9 "GB" 1e9 "Ki" 1024 "KiB" 1024 "Mi" 1048576 "MiB" 1048576 "Gi" 1073741824 "GiB" 1073741824 "T" 1e12 "TB" 1e12 "Ti" 1099511627776 "TiB" 1099511627776 -}}
{{- $unit := regexFind "[A-Za-z]*$" $text -}}
{{- if and (regexMatch "^[0-9]+(\\.[0-9]+)? ?[A-Za-z]*$" $text) (hasKey $units $unit) -}}
{{- mulf (float64 (regexFind "^[0-9.]+" $text)) (float64 (get $units $unit)) | int64 -}}
{{- else -}}
0
{{- end -}}
{{- end }}

{{/* What docs/memory.md says of the documents alone, in MiB: three times the input, and 60 MiB for the program. */}}
{{- define "prelabel.memoryOfDocuments" -}}
{{- $input := include "prelabel.at" (list (include "prelabel.configuration" . | fromYaml) "input" "max_bytes_in_memory") | default "256MiB" -}}
{{- add 60 (div (mul 3 (include "prelabel.bytes" $input | int64)) 1048576) -}}
{{- end }}
