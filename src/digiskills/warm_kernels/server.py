"""JupyterLab with warm kernels: python -m digiskills.warm_kernels.server, with JupyterLab's own options."""

from __future__ import annotations

from digiskills.warm_kernels import provisioner


def main() -> None:
    """Run JupyterLab; the prepared process warms up while it starts, and ends with it."""
    provisioner.start()
    try:
        from jupyterlab.labapp import LabApp

        LabApp.launch_instance()
    finally:
        provisioner.stop()


if __name__ == "__main__":
    main()
