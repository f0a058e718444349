"""What the chart's objects must have in common, which no schema of one object can say."""

import re

WORKLOADS = ("Deployment", "StatefulSet")


def pods(objects):
    """(name, metadata, spec) of each pod that the objects make."""
    for item in objects:
        if item["kind"] in WORKLOADS:
            yield item["metadata"]["name"], item["spec"]["template"]["metadata"], item["spec"]["template"]["spec"]
        elif item["kind"] == "Pod":
            yield item["metadata"]["name"], item["metadata"], item["spec"]


def containers(spec):
    return (spec.get("initContainers") or []) + spec["containers"]


def of_kind(objects, *kinds):
    return [item for item in objects if item["kind"] in kinds]


def selects(selector, labels):
    return all(labels.get(key) == value for key, value in selector.items())


def ports_exist(objects):
    """A probe, a service and a monitor name a port; a container must have it."""
    named = set()
    for name, _, spec in pods(objects):
        for container in containers(spec):
            own = {port["name"] for port in container.get("ports", [])}
            named |= own
            for probe in ("startupProbe", "readinessProbe", "livenessProbe"):
                port = container.get(probe, {}).get("httpGet", {}).get("port")
                if isinstance(port, str) and port not in own:
                    yield f"{name}: the {probe} of {container['name']} asks port {port}, which it does not have"
    service_ports = {port["name"] for item in of_kind(objects, "Service") for port in item["spec"]["ports"]}
    for item in of_kind(objects, "Service"):
        for port in item["spec"]["ports"]:
            if port["targetPort"] not in named:
                yield f"Service {item['metadata']['name']}: no container has the port {port['targetPort']}"
    for item in of_kind(objects, "PodMonitor", "ServiceMonitor"):
        has, ends = (named, "podMetricsEndpoints") if item["kind"] == "PodMonitor" else (service_ports, "endpoints")
        yield from (f"{item['kind']}: nothing has the port {end['port']}" for end in item["spec"][ends] if end["port"] not in has)
    for item in of_kind(objects, "NetworkPolicy"):
        for rule in item["spec"].get("ingress", []):
            for port in rule.get("ports", []):
                if isinstance(port["port"], str) and port["port"] not in named:
                    yield f"NetworkPolicy: no container has the port {port['port']}"


def selectors_agree(objects):
    """What selects workers selects them and not the pod of the test; a policy covers both."""
    workers = [item["spec"]["template"]["metadata"]["labels"] for item in of_kind(objects, *WORKLOADS)]
    others = [item["metadata"]["labels"] for item in of_kind(objects, "Pod")]
    if not others:
        yield "there is no pod for helm test"
    for item in objects:
        spec = item.get("spec", {})
        selector = spec.get("selector")
        if selector is not None and item["kind"] != "Service":
            selector = selector["matchLabels"]
        if item["kind"] == "ServiceMonitor":
            services = [service["metadata"]["labels"] for service in of_kind(objects, "Service")]
            if not any(selects(selector, labels) for labels in services):
                yield "ServiceMonitor: its selector matches no Service"
        elif selector is not None:
            if not all(selects(selector, labels) for labels in workers):
                yield f"{item['kind']}: its selector does not match the workers"
            if any(selects(selector, labels) for labels in others):
                yield f"{item['kind']}: its selector matches the pod of the test too"
        if item["kind"] == "NetworkPolicy":
            if not all(selects(spec["podSelector"]["matchLabels"], labels) for labels in workers + others):
                yield "NetworkPolicy: it does not cover all pods of the release"


def names_exist(objects):
    """A volume that is mounted, a ConfigMap, a ServiceAccount and a scaled workload must be there."""
    here = {(item["kind"], item["metadata"]["name"]) for item in objects}
    for name, _, spec in pods(objects):
        volumes = {volume["name"] for volume in spec.get("volumes", [])}
        for item in of_kind(objects, "StatefulSet"):
            if item["metadata"]["name"] == name:
                volumes |= {claim["metadata"]["name"] for claim in item["spec"].get("volumeClaimTemplates", [])}
        for container in containers(spec):
            for mount in container.get("volumeMounts", []):
                if mount["name"] not in volumes:
                    yield f"{name}: {container['name']} mounts {mount['name']}, which is no volume"
                if "subPath" in mount:
                    yield f"{name}: {container['name']} mounts {mount['name']} by subPath: a change would never arrive"
        for volume in spec.get("volumes", []):
            if "configMap" in volume and ("ConfigMap", volume["configMap"]["name"]) not in here:
                yield f"{name}: there is no ConfigMap {volume['configMap']['name']}"
        if ("ServiceAccount", spec["serviceAccountName"]) not in here:
            yield f"{name}: there is no ServiceAccount {spec['serviceAccountName']}"
    for item in of_kind(objects, "ScaledObject", "HorizontalPodAutoscaler"):
        target = item["spec"]["scaleTargetRef"]
        if (target["kind"], target["name"]) not in here:
            yield f"{item['kind']}: there is no {target['kind']} {target['name']}"
        for trigger in item["spec"].get("triggers", []):
            reference = trigger.get("authenticationRef")
            if reference and "kind" not in reference and ("TriggerAuthentication", reference["name"]) not in here:
                yield f"ScaledObject: there is no TriggerAuthentication {reference['name']}"
    for item in of_kind(objects, "StatefulSet"):
        if ("Service", item["spec"]["serviceName"]) not in here:
            yield f"StatefulSet: there is no Service {item['spec']['serviceName']}"
    seen = set()
    for item in objects:
        key = item["kind"], item["metadata"].get("namespace"), item["metadata"]["name"]
        if key in seen:
            yield f"two objects are {item['kind']} {item['metadata']['name']}"
        seen.add(key)


def restricted(objects):
    """The Kubernetes standard `restricted`, and what goes beyond it here; containers that a user adds are theirs."""
    for name, _, spec in pods(objects):
        if spec.get("automountServiceAccountToken") is not False:
            yield f"{name}: a token is mounted"
        security = spec.get("securityContext", {})
        if not security.get("runAsNonRoot") or not security.get("runAsUser"):
            yield f"{name}: the pod may run as root"
        if security.get("seccompProfile") != {"type": "RuntimeDefault"}:
            yield f"{name}: the pod runs without seccomp"
        shared = [key for key in ("hostNetwork", "hostPID", "hostIPC") if spec.get(key)]
        shared += [volume["name"] for volume in spec.get("volumes", []) if "hostPath" in volume]
        yield from (f"{name}: {what} of the host is shared" for what in shared)
        for container in containers(spec):
            if "prelabel" not in container["image"]:
                continue
            own = container.get("securityContext", {})
            dropped = own.get("capabilities", {}).get("drop")
            if own.get("allowPrivilegeEscalation") is not False or dropped != ["ALL"] or not own.get("readOnlyRootFilesystem"):
                yield f"{name}: {container['name']} is not restricted"
            if "memory" not in container.get("resources", {}).get("limits", {}):
                yield f"{name}: {container['name']} has no limit of memory"
    for item in of_kind(objects, "ServiceAccount"):
        if item.get("automountServiceAccountToken") is not False:
            yield "ServiceAccount: tokens are mounted"


def labelled(objects):
    """Every object of the chart carries the recommended labels and says its namespace."""
    recommended = ("name", "instance", "version", "component", "part-of", "managed-by")
    wanted = {f"app.kubernetes.io/{key}" for key in recommended} | {"helm.sh/chart"}
    for item in objects:
        labels = item["metadata"].get("labels", {})
        if item["metadata"]["name"].endswith("-extra"):  # an object of the user's own
            continue
        if missing := wanted - labels.keys():
            yield f"{item['kind']} {item['metadata']['name']}: no label {', '.join(sorted(missing))}"
        if "namespace" not in item["metadata"]:
            yield f"{item['kind']} {item['metadata']['name']}: no namespace"


def never_more_than_partitions(objects, values):
    """No way of counting workers leads above the partitions."""
    partitions = values.get("partitions", 0)
    if not partitions:
        return
    for item in objects:
        spec = item.get("spec", {})
        for key in ("replicas", "maxReplicas", "maxReplicaCount"):
            if item["kind"] != "KafkaTopic" and spec.get(key, 0) > partitions:
                yield f"{item['kind']}: {key} is {spec[key]}, above {partitions} partitions"


class TriggerKeys:
    """The keys of KEDA's triggers, from the tags of its own source."""

    def __init__(self, source):
        scalers = source / "pkg/scalers"
        prometheus = ("prometheus_scaler.go", "authentication/authentication_types.go")
        self.of = {
            "kafka": self.keys((scalers / "kafka_scaler.go").read_text()),
            "prometheus": self.keys("".join((scalers / name).read_text() for name in prometheus)),
        }

    @staticmethod
    def keys(text):
        found = {"triggerMetadata": set(), "authParams": set()}
        for name, order in re.findall(r'keda:"name=([\w;]+),\s*order=([\w;]+)', text):
            for where in order.split(";"):
                found.setdefault(where, set()).update(name.split(";"))
        return found

    def check(self, objects):
        authentications = {item["metadata"]["name"]: item["spec"] for item in of_kind(objects, "TriggerAuthentication")}
        for item in of_kind(objects, "ScaledObject"):
            for trigger in item["spec"]["triggers"]:
                known = self.of.get(trigger["type"])
                if known is None:  # one that the user added
                    continue
                for key, value in trigger["metadata"].items():
                    if key not in known["triggerMetadata"]:
                        yield f"KEDA's {trigger['type']} trigger has no key {key}"
                    if not isinstance(value, str):
                        yield f"KEDA's {trigger['type']} trigger wants a string at {key}"
                spec = authentications.get(trigger.get("authenticationRef", {}).get("name"), {})
                for entry in spec.get("secretTargetRef", []) + spec.get("env", []):
                    if entry["parameter"] not in known["authParams"]:
                        yield f"KEDA's {trigger['type']} trigger takes no {entry['parameter']} from a TriggerAuthentication"


CHECKS = (ports_exist, selectors_agree, names_exist, restricted, labelled)
