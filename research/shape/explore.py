"""Unlabelled training of small quantised networks for galaxy shape; labels only rank whole recipes on the validation split."""
import sys, os, json, time, zlib, math, numpy as np, torch, torch.nn as nn, torch.nn.functional as F
from scipy.cluster.hierarchy import linkage, fcluster
HERE = os.path.dirname(os.path.abspath(__file__)); OUT = os.environ.get('OUT', 'out'); os.makedirs(OUT, exist_ok=True)
dev = 'cuda' if torch.cuda.is_available() else 'cpu'
def load(n=None):
    x = np.frombuffer(zlib.decompress(open(HERE + '/train.z', 'rb').read()), np.uint8).reshape(-1, 1, 64, 64)
    v = np.frombuffer(zlib.decompress(open(HERE + '/val.z', 'rb').read()), np.uint8).reshape(-1, 1, 64, 64)
    x = torch.from_numpy(x[:n].copy()).to(dev); v = torch.from_numpy(v.copy()).to(dev)
    return x.float().mul_(2 / 255), v.float().div_(255), np.load(HERE + '/y.npy'), np.load(HERE + '/gz.npy')
def blur(x, s):
    r = int(3 * s); t = torch.arange(-r, r + 1, device=x.device, dtype=x.dtype); k = torch.exp(-t * t / (2 * s * s)); k = k / k.sum()
    return F.conv2d(F.conv2d(x, k.view(1, 1, 1, -1), padding=(0, r)), k.view(1, 1, -1, 1), padding=(r, 0))
def channels(x):
    """The stretched frame over its own blurred maximum, and the local contrast at two scales inside the galaxy."""
    m = (blur((x > 0).float(), 1.5) > .5).float(); out = [x.sqrt()]
    for s in (1.5, 4.0):
        d = x - blur(x, s); out.append(m * d / (blur(d * d, s).sqrt() + .02) * .5)
    return torch.cat(out, 1)
def augment(x, g=None):
    n = len(x); r = lambda a, b: torch.rand(n, device=x.device) * (b - a) + a
    t, s = r(0, 2 * math.pi), r(.87, 1.15); f = (torch.rand(n, device=x.device) < .5).float() * 2 - 1
    c, q = torch.cos(t) * s, torch.sin(t) * s; th = torch.stack([torch.stack([c * f, -q, r(-.07, .07)], 1), torch.stack([q * f, c, r(-.07, .07)], 1)], 1)
    x = F.grid_sample(x, F.affine_grid(th, x.shape, align_corners=False), align_corners=False, padding_mode='zeros')
    x = x.clamp(0, 1) ** r(.8, 1.25).view(-1, 1, 1, 1); x = x + (x > 0) * torch.randn_like(x) * r(0, .03).view(-1, 1, 1, 1)
    return x.clamp(0, 1)
class Res(nn.Module):
    def __init__(s, c): super().__init__(); s.a = nn.Conv2d(c, c // 2, 3, padding=1); s.b = nn.Conv2d(c // 2, c, 1)
    def forward(s, x): return x + s.b(F.relu(s.a(F.relu(x))))
class Net(nn.Module):
    def __init__(s, w=64, d=32, k=64, rings=4, vq=True, recon=False):
        super().__init__(); s.vq, s.k, s.rings, s.recon = vq, k, rings, recon
        s.e = nn.Sequential(nn.Conv2d(3, w // 2, 4, 2, 1), nn.ReLU(), nn.Conv2d(w // 2, w, 4, 2, 1), nn.ReLU(), nn.Conv2d(w, w, 4, 2, 1), Res(w), Res(w), nn.ReLU(), nn.Conv2d(w, d, 1))
        s.code = nn.Parameter(torch.randn(k, d) * .5); n = (rings * k if vq else d * rings)
        s.head = nn.Sequential(nn.Linear(n, 256), nn.ReLU(), nn.Linear(256, 64))
        if recon: s.dec = nn.Sequential(nn.Conv2d(d, w, 3, padding=1), Res(w), nn.ReLU(), nn.ConvTranspose2d(w, w, 4, 2, 1), nn.ReLU(), nn.ConvTranspose2d(w, w // 2, 4, 2, 1), nn.ReLU(), nn.ConvTranspose2d(w // 2, 3, 4, 2, 1))
        y, x = torch.meshgrid(torch.arange(8) - 3.5, torch.arange(8) - 3.5, indexing='ij'); rad = (x * x + y * y).sqrt().reshape(-1)
        edges = torch.quantile(rad, torch.linspace(0, 1, rings + 1)); idx = torch.bucketize(rad, edges[1:-1].contiguous()) if rings > 1 else torch.zeros(64, dtype=torch.long)
        s.register_buffer('ring', F.one_hot(idx, rings).float() / F.one_hot(idx, rings).float().sum(0))
    def z(s, x): return s.e(channels(x))
    def logits(s, z): # [N,64,K]
        f = z.flatten(2).transpose(1, 2); return -(f.pow(2).sum(-1, keepdim=True) - 2 * f @ s.code.t() + s.code.pow(2).sum(-1))
    def pool(s, p): return torch.einsum('npk,pr->nrk', p, s.ring)
    def feats(s, x, hard=False):
        z = s.z(x)
        if not s.vq: return s.pool(z.flatten(2).transpose(1, 2)).flatten(1)
        l = s.logits(z); p = F.one_hot(l.argmax(-1), s.k).float() if hard else F.softmax(l, -1)
        return s.pool(p).clamp_min(1e-6).sqrt().flatten(1)
def nce(a, b, t=.1):
    a, b = F.normalize(a, dim=1), F.normalize(b, dim=1); l = a @ b.t() / t; y = torch.arange(len(a), device=a.device); return (F.cross_entropy(l, y) + F.cross_entropy(l.t(), y)) / 2
def vic(a, b):
    inv = F.mse_loss(a, b); s = 0
    for q in (a, b):
        c = q - q.mean(0); s = s + F.relu(1 - (c.var(0) + 1e-4).sqrt()).mean() + ((c.t() @ c / (len(c) - 1)).fill_diagonal_(0).pow(2).sum() / c.shape[1]) * .04
    return 25 * inv / 25 + s
def train(cfg, X, seconds, seed=0, batch=1024):
    torch.manual_seed(seed); net = Net(**cfg['net']).to(dev); opt = torch.optim.AdamW(net.parameters(), 1e-3, weight_decay=1e-4); t0 = time.time(); step = 0; loss_fn = vic if cfg.get('loss') == 'vic' else nce; curve = []
    while time.time() - t0 < seconds:
        for g in opt.param_groups: g['lr'] = 1e-3 * .5 * (1 + math.cos(math.pi * min(1, (time.time() - t0) / seconds))) + 1e-6
        x = X[torch.randint(len(X), (batch,), device=dev)]; a, b = augment(x), augment(x)
        with torch.autocast(dev, dtype=torch.bfloat16, enabled=dev == 'cuda'):
            z = net.z(torch.cat([a, b]))
        z = z.float(); extra = 0
        if net.vq:
            l = net.logits(z); p = F.softmax(l, -1); i = l.argmax(-1); hard = F.one_hot(i, net.k).float(); st = hard + p - p.detach()
            f = net.pool(st if cfg.get('st', True) else p).clamp_min(1e-6).sqrt().flatten(1); e = net.code[i]; zz = z.flatten(2).transpose(1, 2)
            extra = .25 * F.mse_loss(zz, e.detach()) + F.mse_loss(e, zz.detach()); m = p.mean((0, 1)); extra = extra + .1 * (m * (m + 1e-9).log()).sum()
            if net.recon: q = (zz + (e - zz).detach()).transpose(1, 2).reshape(z.shape); extra = extra + .5 * F.mse_loss(net.dec(q), channels(torch.cat([a, b])))
        else: f = net.pool(z.flatten(2).transpose(1, 2)).flatten(1)
        h = net.head(f); n = len(a); loss = loss_fn(h[:n], h[n:]) + extra
        opt.zero_grad(set_to_none=True); loss.backward(); torch.nn.utils.clip_grad_norm_(net.parameters(), 1.); opt.step(); step += 1
        if step % 50 == 0: curve.append([step, round(float(loss), 4)])
    return net.eval(), step, curve
def turned(x, deg, flip=False):
    t = torch.full((len(x),), math.radians(deg), device=x.device); f = -1. if flip else 1.; c, q = torch.cos(t), torch.sin(t); z = torch.zeros_like(c)
    th = torch.stack([torch.stack([c * f, -q, z], 1), torch.stack([q * f, c, z], 1)], 1); return F.grid_sample(x, F.affine_grid(th, x.shape, align_corners=False), align_corners=False, padding_mode='zeros')
@torch.no_grad()
def vector(net, x, hard, passes):
    v = 0
    for k in range(passes):
        y = torch.rot90(x, k % 4, (2, 3)); y = y.flip(3) if k >= 4 else y; v = v + torch.cat([net.feats(y[i:i + 512], hard) for i in range(0, len(y), 512)])
    return (v / passes).cpu().numpy().astype(np.float64)
def scatter(x, J=5, L=8):
    """Second-order scattering of Morlet wavelets, averaged over angle: first order, second order over first, parallel and across."""
    n = 64; w = torch.fft.fftfreq(n).to(x.device) * 2 * math.pi; ky, kx = torch.meshgrid(w, w, indexing='ij'); out = []; hat = []
    for j in range(J):
        s = .8 * 2 ** j; k0 = 3 * math.pi / 4 / 2 ** j; row = []
        for l in range(L):
            t = math.pi * l / L; u = kx * math.cos(t) + ky * math.sin(t); v = -kx * math.sin(t) + ky * math.cos(t); g = lambda a: torch.exp(-s * s * ((a) ** 2 + (v / .5 * .5) ** 2 * .25 / .25) / 2); psi = g(u - k0); psi = psi - g(u) * (psi[0, 0] / g(u)[0, 0]); row.append(psi)
        hat.append(torch.stack(row))
    xf = torch.fft.fft2(x[:, 0]); u1 = [torch.fft.ifft2(xf[:, None] * h).abs() for h in hat]; s1 = [u.mean((2, 3)) for u in u1]
    cols = [q.mean(1) for q in s1]
    for a in range(J):
        ua = torch.fft.fft2(u1[a])
        for b in range(a + 1, J):
            s2 = torch.stack([torch.fft.ifft2(ua * hat[b][l]).abs().mean((2, 3)) for l in range(L)], 2) # [N,L1,L2]
            rel = torch.stack([torch.stack([s2[:, i, (i + d) % L] for i in range(L)], 1).mean(1) for d in range(L)], 1); base = s1[a].mean(1) + 1e-6
            cols += [rel[:, [0, 1, 7]].mean(1) / base, rel[:, [3, 4, 5]].mean(1) / base]
    return torch.stack(cols, 1).clamp_min(1e-6).log().cpu().numpy().astype(np.float64)
def unit(v): v = v - v.mean(0); return v / np.sqrt((v ** 2).sum(1).mean())
def std(v): return (v - v.mean(0)) / (v.std(0) + 1e-9)
def pca(v, k):
    v = v - v.mean(0); u, s, _ = np.linalg.svd(v, full_matrices=False); return u[:, :k] * s[:k]
def score(v, y, ks=(2, 5, 10, 27)):
    Z = linkage(v, 'ward'); ok = y >= 0; r = {}
    for k in ks:
        g = fcluster(Z, k, 'maxclust'); call = np.zeros(len(y), int)
        for q in set(g): call[g == q] = int(y[(g == q) & ok].mean() >= .5) if ((g == q) & ok).any() else 0
        r[k] = [round(float((call == y)[ok].mean()), 3), round(float(np.mean([(call == y)[ok & (y == c)].mean() for c in (0, 1)])), 3)]
    d = ((v ** 2).sum(1)[:, None] - 2 * v @ v.T + (v ** 2).sum(1)); np.fill_diagonal(d, 1e99); d[:, ~ok] = 1e99; nn_ = np.argsort(d, 1)[:, :15]; r['knn'] = round(float(((y[nn_].mean(1) >= .5) == y)[ok].mean()), 3)
    rng = np.random.default_rng(0); a = []
    from math import comb
    for k in (2, 5, 27):
        s = []
        for t in range(4):
            p = rng.permutation(len(v)); h = len(v) * 2 // 3; A, B = p[:h], p[len(v) - h:]; ga = dict(zip(A, fcluster(linkage(v[A], 'ward'), k, 'maxclust'))); gb = dict(zip(B, fcluster(linkage(v[B], 'ward'), k, 'maxclust'))); c = [i for i in A if i in gb]
            s.append(ari([ga[i] for i in c], [gb[i] for i in c]))
        a.append(round(float(np.mean(s)), 3))
    r['ari_2_5_27'] = a; return r
def ari(a, b):
    a, b = np.unique(a, return_inverse=True)[1], np.unique(b, return_inverse=True)[1]; c = np.zeros((a.max() + 1, b.max() + 1)); np.add.at(c, (a, b), 1); f = lambda q: (q * (q - 1) / 2).sum(); s, x, z, n = f(c), f(c.sum(1)), f(c.sum(0)), len(a) * (len(a) - 1) / 2; e = x * z / n; return (s - e) / ((x + z) / 2 - e + 1e-12)
def audit(net, X, hard, passes, k=27):
    v = vector(net, X, hard, passes); g = fcluster(linkage(v, 'ward'), k, 'maxclust'); cen = np.stack([v[g == q].mean(0) for q in range(1, k + 1)]); near = lambda w: ((w[:, None] - cen[None]) ** 2).sum(2).argmin(1); base = near(v)
    return {str(d): round(float((near(vector(net, turned(X, abs(d), d < 0), hard, passes)) == base).mean()), 3) for d in (90, 180, 37, 73, 141, -1, -45)}
RECIPES = {
    'cont-nce': dict(net=dict(w=96, d=48, vq=False, rings=1)), 'vq64-nce': dict(net=dict(w=96, d=32, k=64, rings=1)), 'vq64-rings-nce': dict(net=dict(w=96, d=32, k=64, rings=4)),
    'vq32-rings-recon': dict(net=dict(w=96, d=32, k=32, rings=4, recon=True)), 'vq128-rings-vic': dict(net=dict(w=96, d=32, k=128, rings=3), loss='vic'), 'soft-recon': dict(net=dict(w=96, d=32, k=64, rings=4, recon=True), st=False), 'soft-k32': dict(net=dict(w=96, d=32, k=32, rings=4), st=False), 'soft-w160': dict(net=dict(w=160, d=32, k=64, rings=4), st=False), 'soft-rings2': dict(net=dict(w=96, d=32, k=64, rings=2), st=False), 'vq64-rings-soft': dict(net=dict(w=96, d=32, k=64, rings=4), st=False)}
def report(name, net, V, y, sc, extra):
    res = {}
    for hard, passes in ((True, 1), (True, 8), (False, 8)):
        if not net.vq and hard: continue
        v = vector(net, V, hard, passes); tag = f"{'hard' if hard else 'soft'}{passes}"; res[tag] = score(v, y)
        if passes == 8:
            res[tag + '+pca10'] = score(pca(v, 10), y); res[tag + '+scatter'] = score(np.hstack([unit(v), unit(sc)]), y); res[tag + '+scatter-pca8'] = score(np.hstack([unit(pca(v, 8)), unit(pca(sc, 6))]), y)
    res['audit'] = audit(net, V, net.vq, 8); res.update(extra); json.dump(res, open(f'{OUT}/{name}.json', 'w'), indent=1); print(name, json.dumps(res), flush=True); return res
def main(mode, names, seconds, seed, n=None):
    X, V, y, gz = load(n); m = int(os.environ.get('VMAX', 10**9)); V, y = V[:m], y[:m]; sc = std(scatter(V))
    if mode == 'base':
        r = {'scatter': score(sc, y), 'scatter-pca5': score(pca(sc, 5), y), 'pixels': score(V.flatten(1).cpu().numpy().astype(np.float64), y)}; json.dump(r, open(f'{OUT}/base.json', 'w'), indent=1); print('base', json.dumps(r), flush=True)
    for name in names:
        net, steps, curve = train(RECIPES[name], X, seconds, seed, 1024 if dev == 'cuda' else 64); tag = f'{name}-s{seed}-{int(seconds)}'
        report(tag, net, V, y, sc, {'steps': steps, 'curve': curve[:: max(1, len(curve) // 40)], 'params': sum(p.numel() for q, p in net.named_parameters() if not q.startswith(('head', 'dec')))})
        torch.save({k: v.half() if v.is_floating_point() else v for k, v in net.state_dict().items()}, f'{OUT}/{tag}.pt')
if __name__ == '__main__': main(sys.argv[1], sys.argv[2].split(',') if sys.argv[2] else [], float(sys.argv[3]), int(sys.argv[4]), int(sys.argv[5]) if len(sys.argv) > 5 else None)
