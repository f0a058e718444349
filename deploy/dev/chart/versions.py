"""The versions of Kubernetes that the chart is rendered and checked for: the oldest it admits, one between, the newest."""

KUBERNETES = ["1.29.0", "1.33.0", "1.37.0"]
