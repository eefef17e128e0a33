# For hosting it yourself: docker build -t seqdemo . && docker run -p 7860:7860 seqdemo
# No engine was at hand, so this file was never built. Tried, each by itself, in a virtual environment of Python 3.12: the
# installation of requirements.txt, the app's start, and the health check's command.
FROM python:3.12-slim
RUN useradd --create-home --uid 1000 seqdemo
WORKDIR /srv/seqdemo
COPY requirements.txt assets/hosting/space.lock ./
# The processor's torch is a tenth of the one for GPUs. For a GPU, leave the index out and run with --gpus all.
RUN pip install --no-cache-dir --extra-index-url https://download.pytorch.org/whl/cpu -r requirements.txt -c space.lock
COPY app.py README.md ./
COPY seqdemo seqdemo
COPY assets assets
COPY checkpoints checkpoints
USER seqdemo
ENV GRADIO_ANALYTICS_ENABLED=False HF_HUB_OFFLINE=1 PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1
EXPOSE 7860
HEALTHCHECK --interval=30s --timeout=5s --start-period=60s \
    CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:7860/health', timeout=4)"]
CMD ["python", "app.py", "--host", "0.0.0.0"]
