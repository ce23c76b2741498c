'use strict';
(() => {
  for (const button of document.querySelectorAll('.copy')) {
    button.addEventListener('click', async () => {
      const code = button.parentElement.querySelector('code');
      try {
        await navigator.clipboard.writeText(code.textContent);
      } catch {
        // Pages opened from a file may have no clipboard: select, so that one key press copies.
        getSelection().selectAllChildren(code);
        return;
      }
      button.textContent = 'Copied';
      setTimeout(() => { button.textContent = 'Copy'; }, 1500);
    });
  }

  const plots = [...document.querySelectorAll('.plot')];
  if (plots.length === 0) return;
  const read = id => JSON.parse(document.getElementById(id).textContent);
  const themes = read('themes');
  const dark = matchMedia('(prefers-color-scheme: dark)');
  const print = matchMedia('print');

  const load = async () => {
    const packed = document.getElementById('plotly');
    if (packed === null) return;
    const text = atob(packed.textContent);
    const bytes = new Uint8Array(text.length);
    for (let i = 0; i < text.length; i++) bytes[i] = text.charCodeAt(i);
    const inflated = new Blob([bytes]).stream().pipeThrough(new DecompressionStream('gzip'));
    const script = document.createElement('script');
    script.textContent = await new Response(inflated).text();
    document.head.append(script);
    packed.remove();
  };

  // Figures name their colours; here the names become the colours of the theme.
  const resolve = (value, theme) => {
    if (Array.isArray(value)) return value.map(item => resolve(item, theme));
    if (value === null || typeof value !== 'object' || 'bdata' in value) return value;
    if ('$theme' in value) return theme[value.$theme];
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, resolve(item, theme)]));
  };

  const template = theme => {
    const axis = {
      gridcolor: theme.rule, separatethousands: true, minexponent: 6, ticks: '', ticklabelstandoff: 4, ticklabeloverflow: 'allow', linecolor: theme.muted, tickcolor: theme.muted, zeroline: false, ticklen: 5,
      tickfont: { color: theme.muted, size: 12 }, title: { font: { color: theme.ink, size: 13 }, standoff: 12 },
    };
    return {
      layout: {
        paper_bgcolor: 'rgba(0,0,0,0)', plot_bgcolor: 'rgba(0,0,0,0)',
        font: { family: getComputedStyle(document.body).fontFamily, color: theme.ink, size: 13 },
        margin: { l: 56, r: 28, t: 10, b: 52 },
        xaxis: axis, yaxis: axis,
        legend: { font: { color: theme.ink } },
        hoverlabel: { bgcolor: theme.surface, bordercolor: theme.muted, font: { color: theme.ink } },
        modebar: { bgcolor: 'rgba(0,0,0,0)', color: theme.muted, activecolor: theme.accent },
      },
      data: { heatmap: [{ colorbar: { tickfont: { color: theme.muted }, title: { font: { color: theme.ink, size: 13 } }, outlinewidth: 0 } }] },
    };
  };

  const hasWebGl = (() => {
    try {
      return document.createElement('canvas').getContext('webgl') !== null;
    } catch {
      return false;
    }
  })();

  const draw = async () => {
    const theme = dark.matches && !print.matches ? themes.dark : themes.light;
    for (const [index, plot] of plots.entries()) {
      try {
        const { data, layout } = resolve(read(`figure-data-${index}`), theme);
        for (const trace of data) if (trace.type === 'scattergl' && !hasWebGl) trace.type = 'scatter';
        layout.template = template(theme);
        // Words in small fields could not be read: they are shown when a field is touched.
        for (const trace of data) {
          if (trace.type === 'heatmap' && trace.texttemplate && plot.clientWidth < 60 * (trace.text?.[0]?.length ?? 0)) {
            delete trace.texttemplate;
            if (!trace.hovertemplate?.includes('%{text}')) trace.hovertemplate = `%{text}<br>${trace.hovertemplate ?? ''}`;
          }
        }
        await Plotly.react(plot, data, layout, {
          responsive: true, displaylogo: false, displayModeBar: 'hover',
          // By default the library offers to send the figure to its makers.
          showSendToCloud: false, plotlyServerURL: '',
          modeBarButtonsToRemove: ['select2d', 'lasso2d', 'autoScale2d'],
          toImageButtonOptions: { format: 'svg', filename: `figure-${index + 1}` },
        });
      } catch (error) {
        plot.classList.add('failed');
        plot.textContent = `This figure cannot be drawn: ${error.message}`;
      }
    }
    document.documentElement.dataset.drawn = 'true';
  };

  load().then(draw).then(() => {
    dark.addEventListener('change', draw);
    print.addEventListener('change', draw);
  }, error => {
    for (const plot of plots) {
      plot.classList.add('failed');
      plot.textContent = `The plotting library cannot be loaded: ${error.message}`;
    }
  });
})();
