"""Kernels for JupyterLab that start at once: forked from a process that has imported what notebooks import.

`digiskills lab --warm` starts the server in `server`; `provisioner` starts its kernels; `zygote` is forked for each.
While it warms up, or where anything is in its way, a kernel starts as it always does.
"""
